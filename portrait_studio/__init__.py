"""Portrait Studio: remove things from photographs of people and recover the body behind them."""

import os

from portrait_studio.wait_policy import sleep_while_waiting

__version__ = "0.1.0"

sleep_while_waiting(os.environ)
