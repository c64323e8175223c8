// Methods of the JDK and of Groovy that pipelines seldom use, one a line.
def t = { label, c -> try { println "$label ${c()}" } catch (Throwable e) { println "$label ! ${e.toString().readLines()[0]}" } }
t('endsWithAny') { ['abc'.endsWithAny('x', 'c'), 'abc'.endsWithAny('a', 'b')] }
t('expandLine') { 'a\tb'.expandLine(4) + '|' + '\t\tx'.expandLine(2) }
t('toShort') { ' 12 '.toShort().class }
t('indent') { 'a\n  b\n'.indent(2) + 'a\n  b'.indent(-1) + ''.indent(3) + '|' }
t('transform') { 'a'.transform { it + 1 } }
t('StringBuilder') { new StringBuilder('ab').next() + new StringBuilder('b').previous() + new StringBuilder('ab').compareTo(new StringBuilder('b')) }
t('StringJoiner') { def j = new StringJoiner(', ', '<', '>'); j.add('a').add('b'); j.length() }
t('results') { ('a1b22' =~ /\d+/).results().map { it.group() + it.start() }.collect(java.util.stream.Collectors.toList()) }
t('asPredicate') { [(~/a/).asPredicate().test('bab'), (~/a/).asMatchPredicate().test('bab')] }
t('withWriter') { def w = new StringWriter(); def out = w.withWriter { it << 'x'; 7 }; w.toString() + out }
t('skip') { def r = new StringReader('abc'); [r.skip(2), r.read(), r.skip(5)] }
t('identifiers') { [Character.isJavaIdentifierStart('_' as char), Character.isJavaIdentifierStart('1' as char), Character.isJavaIdentifierPart('1' as char)] }
t('isSupported') { [java.nio.charset.Charset.isSupported('UTF-8'), java.nio.charset.Charset.isSupported('nope')] }
t('bits') { def a = new BitSet(), b = new BitSet(); [1, 3, 5].each { a.set(it) }; [3, 4].each { b.set(it) }; [a & b, a | b, a ^ b, a.and(b), a].join(' ') }
t('bits changed') { def a = new BitSet(), b = new BitSet(); a.set(1, 4); b.set(2); a.andNot(b); a.flip(7); [a, a.isEmpty(), a.intersects(b), a.nextClearBit(0), a.nextClearBit(1), a.previousSetBit(6), new BitSet().isEmpty()].join(' ') }
t('swap') { def a = [1, 2, 3] as int[], b = ['x', 'y'] as String[]; a.swap(0, 2); b.swap(0, 1); a.toList() + b.toList() }
t('asCollection') { [1].asCollection() }
t('navigableKeySet') { new TreeMap([b: 1, a: 2]).navigableKeySet() }
t('deque') { def a = new ArrayDeque([1, 2]), b = a.clone(); b.add(3); [a, b].join(' ') }
t('concurrent') { def m = new java.util.concurrent.ConcurrentHashMap([a: 1, b: 2]); [m.mappingCount(), m.contains(2), m.contains(5), m.reduceValues(1) { x, y -> x + y }] }
t('newKeySet') { def s = java.util.concurrent.ConcurrentHashMap.newKeySet(); s << 'a'; s << 'a'; s.size() }
t('newSetFromMap') { def s = Collections.newSetFromMap([:]); s << 2; s << 1; s << 2; s }
t('accumulate') { def a = new java.util.concurrent.atomic.AtomicInteger(3); [a.getAndAccumulate(2) { x, y -> x * y }, a.get()] }
t('scanner') { def s = new Scanner('1.5 12345678901234567890 x'); [s.nextBigDecimal(), s.nextBigInteger(), s.next()] }
t('timestamp') { [UUID.fromString('f81d4fae-7dec-11d0-a765-00a0c91e6bf6').timestamp()] }
t('no timestamp') { UUID.fromString('f81d4fae-7dec-41d0-a765-00a0c91e6bf6').timestamp() }
t('uri') { new URI('http://u@h:80/a%20b?q#f%21').with { [it.schemeSpecificPart, it.rawSchemeSpecificPart, it.rawFragment] } }
t('relativize') { ['http://h/a/b/c', 'http://h/x', 'http://g/a/b', 'http://h/a/b?q#f'].collect { new URI('http://h/a/').relativize(new URI(it)) } }
t('dates') { def out = []; new Date(0).upto(new Date(0) + 2) { out << it.time }; new Date(0).downto(new Date(0) - 1) { out << it.time }; out }
t('calendars') { def a = Calendar.getInstance(TimeZone.getTimeZone('UTC')); a.timeInMillis = 0; def b = a.clone(); b.add(Calendar.DATE, 2); def out = []; a.upto(b) { out << it.timeInMillis }; b.downto(a) { out << it.timeInMillis }; out + a.toInstant() }
t('iterators') { [[3, 1, 2].iterator().sort().toList(), [3, 1].iterator().size(), [3, 1, 3].iterator().unique().toList(), [5, 3, 1].iterator().takeWhile { it > 2 }.toList(), [5, 3, 1].iterator().dropWhile { it > 2 }.toList()] }
t('more iterators') { [[1, 2, 3].iterator().tail().toList(), [1, 2, 3].iterator().init().toList(), [1, 2, 3].iterator().dropRight(2).toList(), ['a', 'b'].iterator().withIndex().toList(), ['a', 'b'].iterator().indexed().toList(), [2, 1].iterator().toSorted().toList()] }
t('ordered') { [['b', 'a'].iterator().sort { it }.toList(), ['bb', 'a'].iterator().toSorted { it.size() }.toList(), ['b', 'a', 'bc'].iterator().toUnique { it[0] }.toList()] }
t('greater') { [Integer.max(1, 2), Integer.min(1, 2), Long.max(1L, 2L), Long.min(1, 2), Double.max(1d, 2d), Double.min(1d, 2d), Double.sum(1d, 2d)] }
t('math') { [Math.copySign(1d, -2d), Math.copySign(-1d, 0d), Math.absExact(-3)] }
t('unsigned') { [Integer.parseUnsignedInt('4294967295'), Integer.parseUnsignedInt('ff', 16)] }
t('characters') { [Character.isSpaceChar(' ' as char), Character.isSpaceChar('a' as char), Character.charCount(65), Character.charCount(70000)] }
t('now') { [java.time.YearMonth.now().year > 2000, java.time.YearMonth.now(java.time.ZoneOffset.UTC).monthValue in 1..12] }
t('datesUntil') { java.time.LocalDate.of(2020, 2, 28).datesUntil(java.time.LocalDate.of(2020, 3, 2)).collect(java.util.stream.Collectors.toList()) }
t('units') { java.time.temporal.ChronoUnit.values().findAll { it.name() != 'FOREVER' }.collect { it.duration } }
t('truncatedTo') { [java.time.Duration.ofSeconds(3661).truncatedTo(java.time.temporal.ChronoUnit.HOURS), java.time.Duration.ofMillis(1999).truncatedTo(java.time.temporal.ChronoUnit.SECONDS)] }
t('zones') { [java.time.OffsetDateTime.parse('2020-01-02T03:04:05Z').atZoneSameInstant(java.time.ZoneId.of('Asia/Shanghai')), java.time.ZonedDateTime.parse('2020-01-02T03:04:05Z').withZoneSameLocal(java.time.ZoneId.of('Asia/Shanghai'))] }
