"""What a command is told on the command line, and for the rest what census.toml of the team's folder remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.cli.console import say
from census_cli.errors import OptionError
from census_cli.i18n import set_language, tr

if TYPE_CHECKING:
    from census_cli.settings import Settings

DEFAULT_SURVEY = "registered-households"


@dataclass(frozen=True)
class Remembered:
    """The data of a check, the settings that hold for them, and the folder to which the settings' paths are relative."""

    data: list[Path]
    settings: Settings
    folder: Path

    def paths(self, names: Sequence[str]) -> list[str]:
        """Paths of the settings as seen from here; a slash at the end stays, it says that a folder is meant."""
        return [str(self.folder / name) + "/" * name.endswith("/") for name in names]


def remember(data: Sequence[Path] | None, lang: str | None, tell: Callable[[str], None] = say) -> Remembered:
    """Find the settings: of the folder given, or of the present one where nothing is given; sets the language, and tells of them."""
    from census_cli.settings import FILE, Settings, read_settings

    folder = data[0] if data and len(data) == 1 and data[0].is_dir() else Path()
    file = folder / FILE
    if not data and not file.is_file():
        set_language(lang)
        raise OptionError(
            tr(
                "name the folder or the files to check; or run 'census init' in their folder, and they are remembered in census.toml"
            )
        )
    used = file.is_file() and (not data or folder != Path())
    settings = read_settings(file) if used else Settings()
    set_language(lang or settings.lang or None)
    if used:
        tell(tr("settings of {file}", file=file))
    return Remembered(list(data) if data else [folder / d for d in settings.data], settings, folder)
