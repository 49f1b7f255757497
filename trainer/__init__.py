"""Portrait Trainer: from public data sets to released weights, and the measurements."""

import os

from portrait_studio.wait_policy import sleep_while_waiting

# Here too, although the program's package has done it by now: `torchrun` starts this one.
sleep_while_waiting(os.environ)
