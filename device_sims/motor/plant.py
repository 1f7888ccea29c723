"""The motor bench as its control unit shows it: signals of motor.dbc."""

import math
from collections.abc import Callable, Collection

from device_sims.duty_cycles import DutyCycle
from device_sims.encoding import Signals
from device_sims.identity import identity_signals
from device_sims.motor import drive
from device_sims.motor.drive import Motor, MotorCommand, MotorFaults

FaultsOf = Callable[[Collection[str]], MotorFaults]


class MotorPlant:
    """A drive motor under a tester's work."""

    step_s = 0.02

    def __init__(self, duty: DutyCycle[MotorCommand], faults_of: FaultsOf) -> None:
        self.state = Motor()
        self._duty = duty
        self._faults_of = faults_of
        self._faults = faults_of(())
        self._active: tuple[str, ...] = ()
        self._measures: dict[str, Callable[[], Signals]] = {
            "MCU_Drive": self._drive,
            "MCU_Link": self._link,
            "MCU_Temperatures": self._temperatures,
            "MCU_Torque": self._torque,
            "MCU_Phases": self._phases,
            "SIM_Identity": identity_signals,
        }

    def advance(self, dt_s: float, active_faults: tuple[str, ...]) -> None:
        """Let time pass."""
        if active_faults != self._active:
            self._active, self._faults = active_faults, self._faults_of(active_faults)
        self.state = drive.step(self.state, self._duty.after(dt_s), self._faults, dt_s)

    def signals(self, message: str) -> Signals | None:
        """The signals of a message as measured now."""
        return self._measures[message]()

    def _drive(self) -> Signals:
        state = self.state
        return {
            "Speed": state.shown_speed_rpm,
            "Torque": state.torque_nm,
            "TargetSpeed": state.target_rpm,
            "Enabled": state.is_enabled,
            "ResolverValid": not state.faults.is_resolver_lost,
        }

    def _link(self) -> Signals:
        return {"LinkVoltage": self.state.dc_v, "LinkCurrent": self.state.dc_a}

    def _temperatures(self) -> Signals:
        state = self.state
        return {
            "WindingTemperature": state.shown_winding_c,
            "InverterTemperature": state.shown_inverter_c,
            "CoolantTemperature": state.heat.coolant_c,
            "CoolantFlow": state.heat.flow_lpm,
            "PumpCommanded": state.is_pump_on,
            "FlowLow": state.is_flow_low,
        }

    def _torque(self) -> Signals:
        state = self.state
        return {
            "TorqueTarget": state.torque_target_nm,
            "TorqueLimit": state.torque_limit_nm,
            "RotorAngle": math.degrees(state.rotor_rad),
            "TorqueDeviates": state.deviates,
        }

    def _phases(self) -> Signals:
        u_a, v_a, w_a = self.state.phase_currents_a
        return {"CurrentU": u_a, "CurrentV": v_a, "CurrentW": w_a}
