"""The application: HTTP, web, command line, jobs, storage, settings.

Import order, checked in the build: bootstrap -> (api | web | cli | jobs | adapters) -> services -> ports ->
(access | audit). Nothing below bootstrap reads settings; nothing happens at import time.
"""
