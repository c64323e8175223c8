def text = '''
# comment
version=1.2.3
name = app

empty=
'''
def props = [:]
text.eachLine { line ->
    if (!line.trim() || line.startsWith('#')) return
    def (k, v) = line.split('=', 2)*.trim()
    props[k] = v
}
println props
