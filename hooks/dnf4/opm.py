"""dnf 4: what dnf downloads goes into opm's store; warns while a change of opm's is unfinished.

Copy to the folder of dnf's Python plugins.
"""

import logging
import os
import subprocess

import dnf


class Opm(dnf.Plugin):
    name = "opm"

    def resolved(self):
        """Called when dnf knows what it would do, before it asks."""
        if not self.base.transaction:
            return
        journal = os.path.join(self.base.conf.installroot, "var/lib/opm/journal")
        command = os.environ.get("OPM_OPEN", "/usr/libexec/opm-open")
        try:
            said = subprocess.run([command, journal], stderr=subprocess.PIPE, text=True, check=False)
        except OSError:
            return
        if said.stderr:
            logging.getLogger("dnf").warning(said.stderr.strip())

    def pre_transaction(self):
        """Called when everything is downloaded and checked, before rpm begins."""
        files = [pkg.localPkg() for pkg in self.base.transaction.install_set]
        files = [file for file in files if os.path.exists(file)]
        if not files:
            return
        command = os.environ.get("OPM", "opm").split() + ["cache", "add", "--quiet"]
        try:
            subprocess.run(command + files, stdout=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError):
            logging.getLogger("dnf").warning("opm: the packages were not taken into its store")
