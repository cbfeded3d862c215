"""The doors of Windows. Imported there only. Written by the documentation; tried under Wine only."""
