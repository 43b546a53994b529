"""Nothing of the user or the machine reaches a run."""

import os

from case_review.build import surroundings


def test_a_user_s_own_settings_are_left_behind(small_project, monkeypatch):
    own = ("PYTHONWARNINGS", "PYTHONOPTIMIZE", "MATPLOTLIBRC", "JUPYTER_PATH")
    for name in own:
        monkeypatch.setenv(name, "mine")
    surroundings.settle(small_project)
    assert not set(own) & set(os.environ)
    assert os.environ["MPLCONFIGDIR"].startswith(str(small_project.build))


def test_what_a_killed_build_locked_is_free_again(small_project):
    left = surroundings.folders(small_project)["MPLCONFIGDIR"] / "fontlist.json.matplotlib-lock"
    left.parent.mkdir(parents=True)
    left.touch()
    (left.parent / "fontlist-v390.json").write_text("{}")  # so that no fonts are listed here
    surroundings.build_font_cache(small_project)
    assert not left.exists()
