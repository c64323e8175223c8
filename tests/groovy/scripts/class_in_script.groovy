class Helper { static upper(s) { s.toUpperCase() }; def script; def say() { script.note('from class') } }
def note(m) { "noted: $m" }
println Helper.upper('x')
println new Helper(script: this).say()
