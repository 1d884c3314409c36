"""What an export is made of: stages that survive a kill, merged weights, quantised files, licences, a place to lie."""
