"""What the Mask menu does to the mask as a whole, and the switches of painting."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import folder_for
from portrait_studio.gui.dialogs.save_dialog import write_beside
from portrait_studio.gui.panels.mask_panel import MaskPanel
from portrait_studio.imaging.reading import SUFFIXES_READ
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_MASKS: Final = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES_READ))


class MaskCommands(QObject):
    """Connects the actions of the mask with the session."""

    def __init__(self, session: Session, actions: Actions, panel: MaskPanel, window: QWidget) -> None:
        """Connect.

        Args:
            session: whose mask it is.
            actions: what is triggered.
            panel: where the amount stands.
            window: the parent of dialogs.
        """
        super().__init__(window)
        self._session, self._panel, self._window = session, panel, window
        painting, tools = session.painting, session.tools
        actions.on_triggered(
            {
                Command.SWAP: tools.swap_eraser,
                Command.SMALLER: lambda: tools.step_diameter(-1),
                Command.LARGER: lambda: tools.step_diameter(1),
                Command.SELECT_ALL: painting.mask_everything,
                Command.CLEAR: painting.clear_mask,
                Command.INVERT: painting.invert_mask,
                Command.GROW: lambda: painting.grow_mask(panel.step_px),
                Command.SHRINK: lambda: painting.grow_mask(-panel.step_px),
                Command.FEATHER: lambda: painting.feather_mask(panel.step_px),
                Command.FILL_HOLES: painting.fill_mask_holes,
                Command.TIGHTEN: session.tightening.tighten_all,
                Command.SHADOW: session.shadows.take,
                Command.MARK_OTHERS: session.other_people.mark,
                Command.FIND_DAMAGE: session.damage.find,
                Command.IMPORT_MASK: self.ask_import,
                Command.EXPORT_MASK: self.ask_export,
            }
        )
        switches = {
            Command.FILL_AT_ONCE: (tools.set_fills_after_stroke, tools.fills_after_stroke),
            Command.TIGHTEN_STROKES: (tools.set_tightens, tools.tightens),
            Command.LOOPS: (tools.set_takes_loops, tools.takes_loops),
            Command.PRESSURE: (tools.set_obeys_pressure, tools.obeys_pressure),
        }
        for command, (switch, is_on) in switches.items():
            actions[command].setChecked(is_on)
            actions[command].toggled.connect(switch)
        tighten = actions[Command.TIGHTEN_STROKES]
        tools.changed.connect(lambda: tighten.setChecked(tools.tightens))
        panel.protection_chosen.connect(session.protection.protect)
        session.protection.changed.connect(self._show_people)
        session.parsing_maps.changed.connect(self._show_people)

    def ask_import(self) -> None:
        """Let the user choose a picture that becomes the mask."""
        filters = f"{tr('Masks')} ({_MASKS});;{tr('All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, tr("Import a mask"), str(self._folder()), filters
        )
        if chosen:
            self._session.files.import_mask(Path(chosen))

    def ask_export(self) -> None:
        """Let the user choose where the mask is written."""
        title, write = tr("Export the mask"), self._session.files.export_mask
        write_beside(self._window, self._session, "-mask.png", title, "PNG (*.png)", write)

    def _folder(self) -> Path:
        document = self._session.document
        return Path.home() if document is None else folder_for(document.photo)

    def _show_people(self) -> None:
        protection = self._session.protection
        is_known = self._session.parsing_maps.of_photo is not None
        self._panel.show_people(protection.people, protection.protected, is_known=is_known)
