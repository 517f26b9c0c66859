"""The one writer of definitions: chooses the form, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from node.adapters.sdmx_json import write_sdmx_json
from node.adapters.sdmx_ml import SDMX_21, SDMX_30, write_sdmx_ml
from node.adapters.templates_csv import write_csv, write_sdmx_csv
from node.adapters.templates_workbook import write_workbook
from node.ports.templates import Definitions, StructureFormat, Template, TemplateFormat

_TEMPLATES: dict[TemplateFormat, Callable[[Template], bytes]] = {
    TemplateFormat.XLSX: write_workbook,
    TemplateFormat.CSV: write_csv,
    TemplateFormat.SDMX_CSV: write_sdmx_csv,
}


class DefinitionFiles:
    """Writes templates and structures; holds nothing."""

    def template(self, template: Template, template_format: TemplateFormat) -> bytes:
        """Write a template."""
        return _TEMPLATES[template_format](template)

    def structures(self, definitions: Definitions, structure_format: StructureFormat) -> bytes:
        """Write structures, dataflows and code lists with everything they refer to."""
        if structure_format is StructureFormat.SDMX_JSON:
            return write_sdmx_json(definitions)
        dialect = SDMX_30 if structure_format is StructureFormat.SDMX_ML else SDMX_21
        return write_sdmx_ml(definitions, dialect)
