"""What training scripts left on the disk, for the Training page: runs, sweeps, evaluations; read, never written."""
