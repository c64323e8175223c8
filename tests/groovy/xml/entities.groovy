def x = new XmlSlurper().parseText('<a t="&lt;q&gt;">&amp;&#65;<![CDATA[<raw>]]></a>')
println x.text()
println x.@t
