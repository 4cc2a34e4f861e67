"""Install a lab's timer into the systemd that is there, start the job by hand, print what systemd says of it.

usage: python real_timer.py PYTHON LAB RECORD   (a stub is put at PYTHON, which notes in RECORD how it is called)
"""

import subprocess
import sys
from pathlib import Path

from schedulers import stub

from agents.lab import job
from agents.lab.find import Lab
from agents.lab.schedule import install

python, lab, record = Path(sys.argv[1]), Lab(Path(sys.argv[2])), Path(sys.argv[3])


def systemctl(*arguments: str) -> str:
    ran = subprocess.run(["systemctl", "--user", *arguments], capture_output=True, text=True, check=False)
    return f"{arguments[0]}: {ran.stdout.strip() or ran.returncode}"


sys.executable = str(stub(python, record))
install(lab)
name = job.name(lab)
print(systemctl("is-enabled", f"{name}.timer"))
print(systemctl("is-active", f"{name}.timer"))
print(systemctl("show", "--value", "-p", "TimersCalendar", f"{name}.timer"))
for code in (0, 3, 75):
    stub(python, record, code)
    print(systemctl("start", f"{name}.service"))
