"""What can be uploaded and what is released from it, as the packaged definitions say."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from node.access import Action
from node.api.routing import Entry, family
from node.api.session import require
from schemas import registry
from schemas.structure import Column, Dataflow


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "definitions", [Entry("GET", "/dataflows", dataflows, rule, "The dataflows and their columns")]
    )


def dataflows() -> dict[str, list[dict[str, Any]]]:
    """Give every dataflow with the columns to upload and the columns released, in all languages."""
    return {"dataflows": [_dataflow(flow) for flow in registry.dataflows()]}


def _dataflow(flow: Dataflow) -> dict[str, Any]:
    return {
        "agency": flow.agency,
        "id": flow.id,
        "version": flow.version,
        "labels": dict(flow.labels),
        "descriptions": dict(flow.descriptions),
        "disclosure": flow.disclosure,
        "upload": [_column(column) for column in flow.upload.columns],
        "cells": [_column(column) for column in flow.cells.columns],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "id": column.id,
        "kind": column.kind,
        "role": column.role,
        "codelist": column.codelist,
        "required": column.required,
        "labels": dict(column.labels),
    }
