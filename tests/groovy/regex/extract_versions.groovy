def text = 'Downloaded app-1.2.3.jar and lib-0.9.jar'
println text.findAll(/[\w-]+?-([\d.]+)\.jar/) { all, v -> v }
def m = text =~ /(\w+)-(\d[\d.]*\d)\.jar/
println m.collect { it[1] + '@' + it[2] }
println (text.find(/\d+\.\d+\.\d+/) ?: 'none')
