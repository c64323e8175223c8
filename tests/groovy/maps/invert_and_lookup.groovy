def codes = [ok: 200, missing: 404]
def names = codes.collectEntries { k, v -> [(v): k] }
println names[404]
println codes.find { it.value == 200 }?.key
println codes.keySet().find { codes[it] > 300 }
println codes.values().max()
println codes.entrySet().sort { -it.value }*.key
