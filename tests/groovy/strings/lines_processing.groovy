def log = '''INFO start
ERROR disk full
INFO end
ERROR out of memory'''
println log.readLines().findAll { it.startsWith('ERROR') }*.minus('ERROR ')
println log.split('\n').count { it =~ /INFO/ }
println log.readLines().collect { it.tokenize(' ').first() }.unique()
println log.tokenize('\n').groupBy { it.split(' ')[0] }.collectEntries { k, v -> [k, v.size()] }
