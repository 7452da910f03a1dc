"""dnf 4: what dnf downloads goes into opm's store. Copy to the folder of dnf's Python plugins."""

import logging
import os
import subprocess

import dnf


class Opm(dnf.Plugin):
    name = "opm"

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
