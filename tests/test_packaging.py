"""The wheel: installed into an empty environment it checks files from any folder, with the survey that ships inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import pytest

from census_cli.survey.load import schemas_folder
from places import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which the built wheel is installed, without the checkout on the path."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return target


def run(installed, folder, code):
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{sysconfig.get_path('purelib')}"}
    # -S leaves out .pth files, and with them the editable install of the checkout.
    return subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_packaged_survey_is_used(installed, tmp_path):
    ran = run(installed, tmp_path, "from census_cli.survey.load import schemas_folder; print(schemas_folder())")
    assert ran.stdout.strip() == str(installed / "census_cli" / "schemas"), ran.stderr


def test_the_wheel_checks_files_from_any_folder(installed, tmp_path, sound_data):
    code = f"import sys; from census_cli.cli.main import main; sys.exit(main(['check', {str(sound_data)!r}, '--lang', 'zh']))"
    ran = run(installed, tmp_path, code)
    assert (ran.returncode, "疑点 0 条" in ran.stdout) == (0, True), ran.stderr


def test_an_editable_install_uses_the_checkouts_survey():
    assert schemas_folder() == ROOT / "schemas"
