"""What a configuration allows but nobody means: a file for each subject, a function for each rule. Pure."""
