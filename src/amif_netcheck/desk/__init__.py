"""What an IT desk makes of saved reports: many attendees in one view, and one machine over time."""
