# Kafka in KRaft mode: one node, broker and controller in one process. Sourced by stack.sh.

KAFKA_VERSION=${MOSAIC_KAFKA_VERSION:-4.2.2}
KAFKA_JARS=$ROOT/build/kafka-$KAFKA_VERSION
KAFKA_LOG=$STATE/log/kafka.log

# The jars are kept outside the states: every state of this checkout uses the same ones.
kafka_jars() {
  [ -f "$KAFKA_JARS/complete" ] && return
  mkdir -p "$ROOT/build"
  (
    flock -w 600 8 || die "another run is still fetching Kafka's jars after 10 minutes."
    [ -f "$KAFKA_JARS/complete" ] && exit 0
    kafka_fetch
  ) 8>>"$ROOT/build/kafka.lock"
}

kafka_fetch() {
  need mvn maven
  local profile=() log=$ROOT/build/kafka-fetch.log
  case $KAFKA_VERSION in
    4.*) profile=("-Dkafka.version=$KAFKA_VERSION") ;;
    3.9.*) profile=(-Pkafka-3.9 "-Dkafka.version=$KAFKA_VERSION") ;;
    *) die "MOSAIC_KAFKA_VERSION is $KAFKA_VERSION; the stack knows 4.x and 3.9.x." ;;
  esac
  say "fetching Kafka $KAFKA_VERSION with Maven (once, about 45 MB)"
  rm -rf "$KAFKA_JARS.new" "$KAFKA_JARS"
  if ! mvn -B -ntp -f "$HERE/pom.xml" "${profile[@]}" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    "-DoutputDirectory=$KAFKA_JARS.new" -DincludeScope=runtime >"$log" 2>&1 9>&- 8>&-; then
    grep '^\[ERROR\]' "$log" | head -n 3 | cut -c1-300 >&2 || true
    die "Maven could not fetch Kafka's jars: is the network there? All it said is in $log."
  fi
  mv "$KAFKA_JARS.new" "$KAFKA_JARS"
  touch "$KAFKA_JARS/complete"
}

kafka_settings() { # kafka_settings PORT CONTROLLER_PORT
  cat <<END
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
advertised.listeners=PLAINTEXT://127.0.0.1:$1
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.quorum.voters=1@127.0.0.1:$2
log.dirs=$STATE/kafka/data
auto.create.topics.enable=false
num.partitions=1
num.network.threads=1
num.io.threads=2
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.threads=1
offsets.topic.num.partitions=6
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
END
}

kafka_logging() { # log4j 2 for Kafka 4, log4j 1 for Kafka 3.9
  cat >"$STATE/kafka/log4j2.properties" <<'END'
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
logger.noise.name=kafka.server.KafkaConfig
logger.noise.level=WARN
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=WARN
END
  cat >"$STATE/kafka/log4j.properties" <<'END'
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
END
}

kafka_java() { # kafka_java CLASS ARGUMENTS...: words of the command, for launch or to run
  java -Xms128m -Xmx256m -XX:+UseSerialGC "-Dlog4j2.configurationFile=$STATE/kafka/log4j2.properties" \
    "-Dlog4j.configuration=file:$STATE/kafka/log4j.properties" -cp "$KAFKA_JARS/*" "$@"
}

# Formatting is marked as done last: half-formatted storage is made anew.
kafka_format() {
  [ -f "$STATE/kafka/formatted" ] && return
  rm -rf "$STATE/kafka/data"
  mkdir -p "$STATE/kafka/data"
  local id
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
  # With "=": one id in 64 starts with "-" and would be taken for an option.
  kafka_java kafka.tools.StorageTool format "--cluster-id=$id" --config "$STATE/kafka/server.properties" \
    >"$STATE/log/kafka-format.log" 2>&1 9>&- || {
    [ "$?" != 130 ] || exit 130 # Ctrl-C, which needs no explanation
    last_lines "Kafka's storage could not be formatted" "$STATE/log/kafka-format.log"
    return 1
  }
  printf '%s\n' "$KAFKA_VERSION" >"$STATE/kafka/formatted"
}

kafka_start() {
  alive kafka && return
  need java default-jre-headless
  kafka_jars
  mkdir -p "$STATE/kafka"
  local made try port controller
  made=$(cat "$STATE/kafka/formatted" 2>/dev/null || printf '%s' "$KAFKA_VERSION")
  [ "${made%%.*}" = "${KAFKA_VERSION%%.*}" ] ||
    die "$STATE holds data of Kafka $made, and version $KAFKA_VERSION is asked for; use another MOSAIC_STATE."
  kafka_logging
  for try in 1 2 3; do
    port=$(wanted_port "$STATE/kafka/port" "${MOSAIC_KAFKA_PORT:-}") || exit 1
    controller=$(wanted_port "$STATE/kafka/controller-port" "") || exit 1
    kafka_settings "$port" "$controller" >"$STATE/kafka/server.properties"
    kafka_format || die "Kafka could not be prepared."
    say "starting Kafka $KAFKA_VERSION on 127.0.0.1:$port"
    kafka_run "$port" && return
    grep -q 'Address already in use' "$KAFKA_LOG" || break
    say "another program took one of the ports in the same moment; trying others"
    rm -f "$STATE/kafka/port" "$STATE/kafka/controller-port"
  done
  die "Kafka did not start."
}

# The broker of a small machine that lives for minutes: Java's second compiler would take a quarter of two cores for its
# first minutes, and a concurrent collector more, than they ever give back. MOSAIC_KAFKA_JIT=full is for one that lives on.
kafka_run() { # kafka_run PORT
  local jit=(-XX:TieredStopAtLevel=1)
  [ "${MOSAIC_KAFKA_JIT:-quick}" = quick ] || jit=()
  : >"$KAFKA_LOG"
  launch kafka "$KAFKA_LOG" java -Xms128m -Xmx256m "${jit[@]}" -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError \
    "-Dlog4j2.configurationFile=$STATE/kafka/log4j2.properties" \
    "-Dlog4j.configuration=file:$STATE/kafka/log4j.properties" \
    "-Dkafka.logs.dir=$STATE/log" -cp "$KAFKA_JARS/*" kafka.Kafka "$STATE/kafka/server.properties"
  wait_for kafka 120 "$KAFKA_LOG" python3 -I "$HERE/net.py" kafka-answers "$1"
}

kafka_stop() { stop_process kafka TERM 30; }
