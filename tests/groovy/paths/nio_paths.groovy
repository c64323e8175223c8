import java.nio.file.Path
import java.nio.file.Paths

Path p = Paths.get('/a', 'b', '../c/./d.txt')
println p
println p.normalize()
println p.fileName
println p.parent
println p.root
println p.nameCount
println p.getName(1)
println p.normalize().startsWith('/a')
println p.endsWith('d.txt')
println p.endsWith('.txt')
println Paths.get('x/y').resolve('z').resolve('/abs')
println Paths.get('x/y').resolveSibling('w')
println Paths.get('/a/b/c').relativize(Paths.get('/a/d/e'))
println Paths.get('a').relativize(Paths.get('a/b'))
println Paths.get('../../x').normalize()
println Paths.get('a').parent
println Paths.get('').toString().isEmpty()
println Paths.get('a/b') == Paths.get('a//b')
println Paths.get('a/b').toFile().name
try { Paths.get('/a').relativize(Paths.get('b')) } catch (IllegalArgumentException e) { println e.message }
