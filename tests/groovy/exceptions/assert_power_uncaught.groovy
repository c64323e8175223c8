def version = '1.2'
assert version.tokenize('.').size() == 3
