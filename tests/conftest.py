from hypothesis import settings

# A busy machine makes a single example slow; how long tests take is measured elsewhere.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
