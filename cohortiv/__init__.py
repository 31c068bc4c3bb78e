"""cohortiv: how near a cohort of leveraged positions is to a liquidation cascade.

Importing the package imports none of pandas, altair or papermill; import the rooms by name.
"""

__version__ = "0.1.0"
