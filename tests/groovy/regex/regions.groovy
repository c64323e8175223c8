// A matcher's region: what find, matches and lookingAt look at, what its anchors and boundaries see.
def m = 'one two three' =~ /\w+/
println '' + m.regionStart() + ' ' + m.regionEnd() + ' ' + m.hasAnchoringBounds() + ' ' + m.hasTransparentBounds()
m.region(4, 7)
println '' + m.regionStart() + ' ' + m.regionEnd()
println '' + m.matches() + ' ' + m.group()
println m.lookingAt()
m.region(3, 9)
while (m.find()) println m.group() + ' ' + m.start() + '..' + m.end()
println m
m.reset()
println '' + m.regionStart() + ' ' + m.regionEnd()
println '' + m.find() + ' ' + m.group()
// find(int) resets the region.
m.region(4, 7)
println '' + m.find(0) + ' ' + m.group() + ' ' + m.regionEnd()

def anchored = 'aaa' =~ /^a$/
anchored.region(1, 2)
println anchored.find()
anchored.region(1, 2).useAnchoringBounds(true)
println '' + anchored.hasAnchoringBounds() + ' ' + anchored.find()
def looks = 'foobar' =~ /bar(?<=foobar)/
looks.region(3, 6)
println looks.find()
looks.region(3, 6).useTransparentBounds(false)
println '' + looks.hasTransparentBounds() + ' ' + looks.find()
def boundary = 'foobar' =~ /\bbar/
boundary.region(3, 6)
println boundary.find()
def ahead = 'foobar' =~ /foo(?=bar)/
ahead.region(0, 3)
println ahead.find()

def ends = 'abc' =~ /b/
println ends.find()
for (pair in [[-1, 2], [0, 9], [2, 1]]) {
  try { ends.region(pair[0], pair[1]); println 'fine' } catch (IndexOutOfBoundsException e) { println e }
}
try { ends.find(7) } catch (IndexOutOfBoundsException e) { println e }
try { ends.find(-1) } catch (IndexOutOfBoundsException e) { println e }
ends.reset('bab')
println '' + ends.find() + ' ' + ends.start() + ' ' + ends.find() + ' ' + ends.start()
println ends.toMatchResult().start()
ends.usePattern(~/a/)
println '' + ends.pattern().toString() + ' ' + ends.find(0) + ' ' + ends.start()
m = 'a1b22' =~ /\d+/
m.region(2, 5)
println m.replaceAll('#')
println '' + m.regionStart() + ' ' + m.regionEnd()
