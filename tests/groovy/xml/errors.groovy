try { new XmlSlurper().parseText('<a><b></a>') } catch (e) { println e.class.name }
try { new XmlParser().parseText('') } catch (e) { println e.class.name }
