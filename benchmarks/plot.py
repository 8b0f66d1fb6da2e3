"""Draw the CPU time of a read and of a guarded write. The peers' Python runs it, which has
matplotlib.

    python plot.py BARS.json PICTURE.svg
"""

import json
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

#: Drawn on white, which is read on a dark page as well.
_OURS, _PEERS, _TEXT, _LINES = "#0969da", "#8c959f", "#1f2328", "#d0d7de"


def draw(panels: dict[str, list[tuple[str, float, bool]]], path: Path) -> None:
    """Write a picture with a panel of bars for each title.

    :param panels: of each bar the name, the milliseconds, and whether it is one of ours.
    """
    # Without it, each run would name the parts of the picture anew.
    mpl.rcParams.update({"svg.hashsalt": "menu-api", "font.size": 9, "text.color": _TEXT})
    height = 1.1 + 0.3 * max(map(len, panels.values()))
    figure, axes = pyplot.subplots(1, len(panels), figsize=(10, height), sharey=True, squeeze=False)
    for axis, (title, bars) in zip(axes[0], panels.items(), strict=True):
        names, values, ours = zip(*bars, strict=True)
        drawn = axis.barh(names, values, color=[_OURS if each else _PEERS for each in ours])
        axis.bar_label(drawn, fmt="%.2f", padding=3, color=_TEXT)
        axis.set_title(title, color=_TEXT, loc="left", fontsize=10)
        axis.set_xlim(0, max(values) * 1.15)
        axis.tick_params(length=0, labelcolor=_TEXT)
        axis.xaxis.grid(visible=True, color=_LINES)
        axis.set_axisbelow(True)
        axis.spines[:].set_visible(False)
        axis.set_xlabel("milliseconds of CPU a request; less is better", color=_TEXT)
    axes[0][0].invert_yaxis()
    figure.tight_layout()
    figure.savefig(path, facecolor="white", metadata={"Date": None})


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
