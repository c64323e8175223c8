// Two of JsonSlurper's parsers make texts that are moments in one of four forms Dates, unless told not to.
import groovy.json.JsonParserType
import groovy.json.JsonSlurper

for (type in JsonParserType.values()) {
    println "-- $type"
    for (t in ['1994-11-05T08:15:30Z', '1994-11-05T08:15:30.123Z', '1994-11-05T08:15:30-05:00', '1994-11-05T08:15:30+0000', '1994-11-05T08:15:30.412+0000',
               '1994-11-05T08:15:30', '1994-11-05', '1994-11-05 08:15:30', '1994-11-05T08:15:30.123456Z', '1994-13-45T08:15:30Z', '1994-11-05T08:15Z', '2024-02-29T23:59:59+0530']) {
        def v = new JsonSlurper(type: type).parseText("""{"a":"$t"}""").a
        println "$t ${v.class.simpleName} ${v instanceof Date ? v.time : v}"
    }
    println new JsonSlurper(type: type).setCheckDates(false).parseText('{"a":"1994-11-05T08:15:30Z"}').a.class
}
println new JsonSlurper(type: JsonParserType.LAX).parseText('["1994-11-05T08:15:30Z"]')[0].class
println new JsonSlurper(type: JsonParserType.LAX).parseText("{'1994-11-05T08:15:30Z':1}").keySet()[0].class
