"""What of the sensor is Windows': plans of commands, who carries them out, and what they say of the host.

None of it has been run on Windows. It is tested against a model of such a host (tests/sensor/windows/model_host.py), which reads
the very command lines that would be run; docs/how-to/install-a-sensor-on-windows.md says what follows from that.
"""
