"""Settings: typos and wrong values are one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import SettingsProblem
from engine.settings import load_settings


def test_a_misspelt_setting_is_named_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDOPEN_PROT", "1")
    with pytest.raises(SettingsProblem, match=r"COLDOPEN_PROT is not a setting: did you mean COLDOPEN_PORT\?"):
        load_settings()


def test_a_misspelt_setting_in_the_env_file_is_found_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# ours\nexport COLDOPEN_HOEM=/x\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsProblem, match="COLDOPEN_HOEM"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("PORT", "99999"), ("DATABASE_URL", "mysql://x"), ("ACTOR", "nobody"), ("SWEEP_SECONDS", "0")],
)
def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"COLDOPEN_{name}", value)
    with pytest.raises(SettingsProblem, match=f"COLDOPEN_{name}"):
        load_settings()


def test_secrets_do_not_show_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLDOPEN_ACCESS_KEY", "open-sesame")
    assert "open-sesame" not in repr(load_settings())
