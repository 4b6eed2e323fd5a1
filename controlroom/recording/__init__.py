"""The recorder: watches over cameras while nobody sits at a desk. Today health, reminders and leases; later video."""
