"""The embedded MQTT broker: which program, which configuration, whose passwords."""
