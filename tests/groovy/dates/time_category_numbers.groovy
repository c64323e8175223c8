import groovy.time.*
use(TimeCategory) {
  println 1.second.toString() + '|' + 2.seconds + '|' + 1.minute + '|' + 3.hours + '|' + 2.days + '|' + 1.week + '|' + 4.weeks
  println 1.month.toString() + '|' + 2.months + '|' + 1.year + '|' + 5.years + '|' + 10.milliseconds + '|' + 1.millisecond
  println ((1.day + 2.hours + 3.minutes).toString())
  println ((1.day - 2.hours).toString())
  println 90.minutes.toMilliseconds() + ' ' + 2.days.days + ' ' + (1.day + 30.hours).hours
  def d = Date.parse('yyyy-MM-dd HH:mm', '2024-02-29 10:00')
  println((d + 1.year).format('yyyy-MM-dd'))
  println((d - 1.month).format('yyyy-MM-dd'))
  println((d + 1.week + 2.hours).format('yyyy-MM-dd HH:mm'))
  println((d + 3.days - d).toString())
  println 1.day.ago.class.name + ' ' + 1.hour.from.now.class.name
  println 2.weeks.class.name + ' ' + 1.month.class.name + ' ' + 2.hours.class.name + ' ' + (1.month + 2.hours).class.name
  println ((1.month + 2.hours).toString())
  def now = new Date()
  try { println 1.month.toMilliseconds() == (now + 1.month).time - now.time } catch (e) { println e }
  println (2.hours == 120.minutes)
  println (2.hours <=> 120.minutes)
  println (2.hours != 121.minutes)
  println (2.hours.equals(120.minutes))
}
try { println 1.day } catch (e) { println e.message }
