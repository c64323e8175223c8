def c = new ConfigSlurper().parse('''
app { name = 'x'; port = 8080 }
list = [1, 2]
env.url = "http://${app.name}"
''')
println c.app.name
println c.app.port + 1
println c.list
println c.env.url
println c.missing
println c.app.keySet()
