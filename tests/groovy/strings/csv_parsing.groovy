def csv = '''name,age
bob,30
ann,25'''
def lines = csv.readLines()
def header = lines[0].split(',')
def rows = lines.drop(1).collect { row -> [header, row.split(',')].transpose().collectEntries() }
println rows
println rows*.name
println rows.sum { it.age as int }
println rows.sort { it.age.toInteger() }.collect { it.name }
