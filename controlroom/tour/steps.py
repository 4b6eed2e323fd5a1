"""The walk's steps, in the order they are taken."""

from controlroom.tour import (
    account_steps,
    deployment_steps,
    incident_steps,
    live_steps,
    other_steps,
    settings_steps,
    shell_steps,
)

STEPS = (
    live_steps.sixteen_live,
    live_steps.find_by_number,
    live_steps.enlarge_and_pan,
    live_steps.preset,
    live_steps.log_line,
    incident_steps.open_from_tile,
    incident_steps.to_submitted,
    incident_steps.log_page,
    incident_steps.approve,
    incident_steps.restricted,
    deployment_steps.timeline,
    deployment_steps.bid,
    deployment_steps.decision,
    deployment_steps.to_live,
    other_steps.add_a_camera,
    other_steps.audit_and_processes,
    settings_steps.settings,
    settings_steps.doctor,
    other_steps.from_anywhere,
    account_steps.accounts,
    account_steps.lock_and_switch,
    shell_steps.notifications,
    shell_steps.fault_report,
    shell_steps.light_theme,
    other_steps.small_screen,
)
