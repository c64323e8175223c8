def m = [:]
m.missing.call()
