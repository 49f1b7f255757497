"""Which tool is in hand and how large its brush is."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Signal

from portrait_studio.imaging.geometry import Extent

SMALLEST_BRUSH_PX = 1
LARGEST_BRUSH_PX = 1000


class Tool(Enum):
    """What dragging over the photo does; the value is what the user reads."""

    BRUSH = "Brush"
    RECTANGLE = "Rectangle"
    ERASER = "Eraser"

    @property
    def is_brush(self) -> bool:
        """Whether it paints with the round brush."""
        return self in (Tool.BRUSH, Tool.ERASER)


class Tools(QObject):
    """The tool in hand and the brush diameter in photo pixels."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with a brush of 40 pixels."""
        super().__init__(parent)
        self._tool = Tool.BRUSH
        self._before_eraser = Tool.BRUSH
        self._diameter_px = 40

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    @property
    def diameter_px(self) -> int:
        """Brush and eraser diameter in photo pixels."""
        return self._diameter_px

    def diameter_at(self, pressure: float) -> float:
        """Diameter in photo pixels under the pressure of a pen, in [0, 1]; a mouse presses fully."""
        return max(float(SMALLEST_BRUSH_PX), self._diameter_px * pressure)

    def choose(self, tool: Tool) -> None:
        """Take a tool in hand."""
        if tool is self._tool:
            return
        if self._tool is not Tool.ERASER:
            self._before_eraser = self._tool
        self._tool = tool
        self.changed.emit()

    def swap_eraser(self) -> None:
        """Swap between the eraser and the tool that was in hand before it."""
        self.choose(self._before_eraser if self._tool is Tool.ERASER else Tool.ERASER)

    def set_diameter(self, diameter_px: int) -> None:
        """Resize the brush, within its limits."""
        diameter_px = min(LARGEST_BRUSH_PX, max(SMALLEST_BRUSH_PX, diameter_px))
        if diameter_px != self._diameter_px:
            self._diameter_px = diameter_px
            self.changed.emit()

    def suit(self, extent: Extent) -> None:
        """Make the brush a twentieth of a photo's longer side, which suits things that people carry."""
        self.set_diameter(max(8, max(extent.width, extent.height) // 20))

    def step_diameter(self, steps: int) -> None:
        """Grow (positive) or shrink the brush in steps of about a tenth, at least one pixel each."""
        diameter = self._diameter_px
        for _ in range(abs(steps)):
            step = max(1, diameter // 8)
            diameter += step if steps > 0 else -step
        self.set_diameter(diameter)
