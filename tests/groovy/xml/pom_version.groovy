def pom = '''<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.acme</groupId>
  <version>1.2.3-SNAPSHOT</version>
  <dependencies><dependency><artifactId>a</artifactId></dependency><dependency><artifactId>b</artifactId></dependency></dependencies>
</project>'''
def p = new XmlSlurper().parseText(pom)
println p.version
println p.version.text() - '-SNAPSHOT'
println p.dependencies.dependency.artifactId*.text()
println p.groupId.text()
