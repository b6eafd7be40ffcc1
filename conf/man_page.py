#!/usr/bin/env python3
"""Writes beian-gate(1) from the program's own --help: every verb with all of its arguments and options.

    man_page.py PROGRAM > beian-gate.1
"""

import email.utils
import re
import subprocess
import sys
import textwrap
from pathlib import Path

PROGRAM = sys.argv[1]

# What --help does not say. Paths are those of the Debian package.
AFTER = r"""
.SH SIGNALS
.TP
.B SIGHUP
.B serve
reads its configuration anew, with the registry, keys, certificates, policy and
guidance that it names. An error keeps the old state.
.TP
.BR SIGTERM ", " SIGINT
.B serve
accepts no more, finishes what is under way within
.B drain_seconds
and ends.
.SH ENVIRONMENT
.TP
.B BEIAN_GATE_API_KEY
The API key that
.BR check " and " audit
show to a gate
.RB ( \-\-url )
where no
.B \-\-api\-key\-file
is given.
.TP
.B NO_COLOR
Anything but empty: progress is shown without colours.
.TP
.BR NOTIFY_SOCKET ", " WATCHDOG_USEC ", " WATCHDOG_PID
Set by a service manager:
.B serve
tells it when it is ready, reloads and stops, and that its workers live.
.SH FILES
.TP
.I /etc/beian\-gate/gate.toml
The configuration of the service. It explains every key.
.TP
.I /var/lib/beian\-gate
State of the service. Relative paths of the configuration begin here.
.TP
.I /usr/share/beian\-gate
Policy and guidance as they are compiled in, to start own ones from; and the
holidays.
.TP
.I /usr/share/doc/beian\-gate
README.md, API.md with requests, answers and codes, the pages that they name, and
examples for proxies, pipelines and alerts.
.SH EXAMPLES
.nf
beian\-gate check \-\-operation distribute \-\-number 京ICP备2099000000号\-1A
beian\-gate serve \-\-config /etc/beian\-gate/gate.toml
.fi
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
""".lstrip()


def help_of(words):
    done = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def sections(text):
    """(the text before the usage, {title: [(name, what it is), …]})"""
    before, _, rest = text.partition("Usage: ")
    found, rows = {}, None
    for line in rest.splitlines()[1:]:
        if re.fullmatch(r"[A-Z]\w+:", line):
            rows = found.setdefault(line[:-1], [])
        elif entry := re.match(r"  (\S.*?)(?:  +(\S.*))?$", line):
            rows.append([entry[1], entry[2] or ""])
        elif line.strip():  # the description of a name that fills its column
            rows[-1][1] = f"{rows[-1][1]} {line.strip()}".strip()
    return before.strip(), found


def escaped(text):
    return text.replace("\\", r"\e").replace("-", r"\-")


def prose(text):
    """Text in lines of at most 79 characters, none of which roff takes for a request."""
    lines = textwrap.wrap(escaped(text), 77, break_long_words=False, break_on_hyphens=False)
    return "\n".join(r"\&" + line if line[0] in ".'" else line for line in lines)


def name_line(name):
    """`--keep UINT:UINT in [1 - 100] Needs: --x` as bold name, italic type; what CLI11 checks is in the help."""
    name, *kind = name.split(" ", 1)
    if not name.startswith("-"):
        return rf"\fI{escaped(name)}\fR"
    kind = re.sub(r":\{.*?\}|:UINT.*?\]|(Excludes|Needs): .*| REQUIRED", "", kind[0] if kind else "").strip()
    flags = r"\fR, \fB".join(escaped(flag) for flag in name.split(","))
    return rf"\fB{flags}\fR" + (rf" \fI{escaped(kind)}\fR" if kind and kind != name else "")


def verb_lines(words):
    """The roff of the verb `words` and of its subcommands."""
    text = help_of(words)
    what, parts = sections(text)
    usage = re.search(r"^Usage: \S+ (.*)$", text, re.M)[1]
    lines = []
    if "Subcommands" not in parts or "Positionals" in parts:
        lines += [f".SS {escaped(usage)}", prose(what if what.endswith("?") else what + ".")]
        for name, meaning in parts.get("Positionals", []) + parts.get("Options", []):
            if not name.startswith("-h,"):
                lines += [".TP", name_line(name), prose(meaning)]
    for name, _ in parts.get("Subcommands", []):
        lines += verb_lines([*words, name])
    return lines


def day_of_release():
    """The day of the newest entry of the change log, so that the same sources make the same page."""
    log = (Path(__file__).parent / "debian/changelog").read_text(encoding="utf-8")
    return email.utils.parsedate_to_datetime(re.search(r"^ -- .*>  (.*)$", log, re.M)[1]).date()


def page():
    what, parts = sections(help_of([]))
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    described, _, exits = what.partition("\n\nExit: ")
    lines = [r".\" Generated from --help by conf/man_page.py.",
             f'.TH BEIAN\\-GATE 1 "{day_of_release()}" "{version.strip()}" "User Commands"',
             ".SH NAME", r"beian\-gate \- check the filing of apps in mainland China",
             ".SH SYNOPSIS", r".B beian\-gate", r".I VERB", r".RI [ OPTIONS ]",
             ".SH DESCRIPTION", prose(described),
             "Data go to standard output, talk to standard error.", ".SH VERBS"]
    for name, _ in parts["Subcommands"]:
        lines += verb_lines([name])
    lines.append(".SH EXIT STATUS")
    for status in re.split(r",\s+", exits.rstrip(".")):
        number, meaning = status.split(" ", 1)
        lines += [".TP", rf"\fB{number}\fR", prose(meaning)]
    return "\n".join(lines) + "\n" + AFTER


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(page())
