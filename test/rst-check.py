#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints what is no valid reStructuredText in the pages given, a line each: PAGE:LINE: what.
# The pages are written for Sphinx; its roles and directives are taken as right here.

import collections
import io
import os
import pathlib
import re
import sys

from docutils import core, nodes
from docutils.parsers.rst import Directive, directives, roles

SPHINX_ROLES = """any doc download envvar eq file guilabel kbd menuselection numref option program
    ref samp term"""
SPHINX_DIRECTIVES = """code-block deprecated highlight only seealso sourcecode toctree versionadded
    versionchanged"""


class Known(Directive):
    """A directive for Sphinx to carry out. What stands in it is read, unless it is code or a list."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = collections.defaultdict(lambda: directives.unchanged, any=directives.unchanged)

    def run(self):
        node = nodes.container()
        if self.name not in ("code-block", "sourcecode", "toctree"):
            self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def take_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """A role that only Sphinx knows; a page that it names has to be there."""
    if name == "doc":
        target = re.sub(r"^.*<(.*)>$", r"\1", text, flags=re.DOTALL)
        page = os.path.join(os.path.dirname(inliner.document.current_source), target + ".rst")
        if not os.path.isfile(page):
            return [], [inliner.reporter.error(f'there is no page "{target}"', line=lineno)]
    return [nodes.literal(rawtext, text)], []


def complaints(page):
    """What docutils calls a warning or worse, without excerpts, and borders that border nothing."""
    said = io.StringIO()
    tree = core.publish_doctree(
        pathlib.Path(page).read_text(encoding="utf-8"),
        source_path=page,
        settings_overrides={
            "report_level": 2,
            "halt_level": 5,
            "warning_stream": said,
            "syntax_highlight": "none",
            "file_insertion_enabled": False,
            "_disable_config": True,
        },
    )
    found = [line for line in said.getvalue().splitlines() if line.startswith(page + ":")]
    for paragraph in tree.findall(nodes.paragraph):
        if re.search(r"^([=~*^ -]{4,}$|<{7}|>{7})", paragraph.rawsource, re.MULTILINE):
            found.append(f"{page}:{paragraph.line}: a border or a merge's mark stands in text")
    return found


for role in SPHINX_ROLES.split():
    roles.register_local_role(role, take_role)
for directive in SPHINX_DIRECTIVES.split():
    directives.register_directive(directive, Known)
for path in sys.argv[1:]:
    for complaint in complaints(path):
        print(complaint)
