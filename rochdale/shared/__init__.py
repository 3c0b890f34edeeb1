"""What every module stands on. Imports none of ours."""
