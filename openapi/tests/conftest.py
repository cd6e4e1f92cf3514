from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kube_openapi.files import read_json

HOME = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", params=["v1.34", "v1.36"])
def committed(request: pytest.FixtureRequest) -> Any:
    return read_json(HOME / f"{request.param}.json")
