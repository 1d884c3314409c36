"""What training scripts left on the disk, for the Training page: runs, sweeps, evaluations; read, never written."""

from workbench.training.curves import Curve
from workbench.training.runs import Progress, Run, State
from workbench.training.sweeps import Sweep, Trial

__all__ = ["Curve", "Progress", "Run", "State", "Sweep", "Trial"]
