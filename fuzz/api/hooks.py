"""Schemathesis sends every case as the caller that the environment names (SCHEMATHESIS_HOOKS=hooks)."""

import schemathesis

import callers

AUTH = callers.from_environment()


@schemathesis.hook
def before_call(context, case, kwargs):
    if AUTH is not None:
        kwargs["auth"] = AUTH
