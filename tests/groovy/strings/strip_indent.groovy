println '''
    first
      second
    third
'''.stripIndent()
println '''\
    a
   b
'''.stripIndent()
println '    x\n    y'.stripIndent(2)
println "\tindented\n\t\tmore".stripIndent()
