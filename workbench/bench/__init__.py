"""`make bench`: what this machine and this model do, in figures that can be compared.

    python -m workbench bench [--json] [--model PATH] [--topics 100]
"""
