from hypothesis import settings

# First of all it says how threads wait, which numpy and torch read when a test imports them.
import portrait_studio  # noqa: F401

# A busy machine makes a single example slow; how long tests take is measured elsewhere.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
