def show = { f -> println "${f} ${f.path} ${f.name} ${f.parent} ${f.parentFile?.name} ${f.isAbsolute()}" }
show new File('/a/b.txt')
show new File('b.txt')
show new File('/a//b/c/')
show new File('/')
show new File('dir', 'x.y')
show new File('/dir/', '/x')
show new File(new File('p'), 'q')
show new File((String) null, 'alone')
println new File('/a/b') == new File('/a//b/')
println([new File('b'), new File('a/z'), new File('a')].sort()*.path)
println File.separator + File.pathSeparator
println new File('x').toPath().resolve('y')
println "${new File('a/b')}".length()
