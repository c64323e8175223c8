def s = '''first
  second
third'''
println s
println s.size()
println """a "quoted" 'text' ${1 + 1}
next"""
println '''\
no first newline
'''.size()
